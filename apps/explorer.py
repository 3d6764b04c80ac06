from dcrviz.views import explorer_app
from dcrviz.views.warm import warm_up_in_background

warm_up_in_background()
explorer_app().servable(title="dcrviz explorer")

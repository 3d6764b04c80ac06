from dcrviz.views import explorer_app

explorer_app().servable(title="dcrviz explorer")

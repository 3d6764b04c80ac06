"""The scene library.

Small fields with one thing wrong each: the sentence, the disease, and its cures.
"""

from dcrviz.views.scene_choice import SceneChoice

view = SceneChoice(opened=print)

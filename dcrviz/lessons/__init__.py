"""Lessons: scripts that the explorer plays step by step before a class, and what they claim."""

from dcrviz.lessons.claims import unmet
from dcrviz.lessons.read import lesson_from, lesson_names, read_lesson
from dcrviz.lessons.records import END, Claim, Lesson, LessonStep
from dcrviz.lessons.scenes import FIELD, lesson_config, lesson_exposures, lesson_scenes

__all__ = [
    "END",
    "FIELD",
    "Claim",
    "Lesson",
    "LessonStep",
    "lesson_config",
    "lesson_exposures",
    "lesson_from",
    "lesson_names",
    "lesson_scenes",
    "read_lesson",
    "unmet",
]

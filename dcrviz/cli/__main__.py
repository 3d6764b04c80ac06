"""``python -m dcrviz.cli``."""

import sys

from dcrviz.cli import main

sys.exit(main())

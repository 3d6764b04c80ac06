"""Tasks that would take a minute; the process ends with Ctrl-C as a command does.

``python lingering.py FOLDER``
"""

import sys

from tasks import linger

from dcrviz.sweep import spread

if __name__ == "__main__":
    try:
        list(spread(linger, [(sys.argv[1], number) for number in range(6)], workers=2))
    except KeyboardInterrupt:
        sys.stdout.write("interrupted\n")

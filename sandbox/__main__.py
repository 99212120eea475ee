"""`python -m sandbox`: see `sandbox.command`."""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C while the rest is imported: no traceback
    from sandbox.command import main

    sys.exit(main())

"""`python -m pruning_core.cli`."""

import sys

from pruning_core.cli.command_line import main

sys.exit(main())

"""The command line as ``python -m trade_potential.cli``."""

import sys

from trade_potential.cli import main

sys.exit(main())

import sys
from pathlib import Path

# The folders of tests are no packages; the examples are read by several files here.
sys.path.insert(0, str(Path(__file__).parent))

import sys
from pathlib import Path

# The folders of tests are not packages, and several files here read the examples.
sys.path.insert(0, str(Path(__file__).parent))

"""What was measured and how; each module is a script, run from the folder above."""

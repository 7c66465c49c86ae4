"""What is it worth? Facts, gates, behaviour and points: no stage, no owner and no hand-off is known here."""

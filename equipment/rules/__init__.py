"""The rules of the noun (pure): `booking` judges periods, `content` cleans forms."""

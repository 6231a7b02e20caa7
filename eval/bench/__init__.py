"""Other systems, asked the same questions and scored by the same code. Not part of the product."""

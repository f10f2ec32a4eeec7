"""A permit issued anew (补领, 换领): another card, and the former one dead for good."""

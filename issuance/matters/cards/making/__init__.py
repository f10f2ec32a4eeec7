"""The card maker: files of cards to make, and what the maker says of each."""

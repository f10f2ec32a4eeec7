from tests.residents import house as house
from tests.residents import settled_folder as settled_folder

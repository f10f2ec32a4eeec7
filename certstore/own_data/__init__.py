"""One's own data: a copy of everything held about somebody (个人信息保护法第四十五条)."""

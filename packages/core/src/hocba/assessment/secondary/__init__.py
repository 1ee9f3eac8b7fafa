"""Lower and upper secondary school: TT 22/2021/TT-BGDĐT as tables."""

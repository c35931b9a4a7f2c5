"""Characters that a reader takes for a Latin letter or a digit, and that Unicode's decompositions do not turn into one.

Most are those of Unicode's `confusables.txt` (UTS 39) with a single letter or digit as their target, without what
decomposes or is a Latin letter with a stroke or a hook; small Cyrillic and Greek letters in the shape of a capital are
added. Signs of mathematics (`×`, `∪`) are left out.
"""

_ALIKE = """
2 ꝚƧϨꙄᒿꛯ
3 𝈆ꞫȜƷꝪⳌЗӠ𖼻𑣊
4 Ꮞ𑢯
5 Ƽ𑢻
6 ⳒбᏮ𑣕
7 𝈒𐓒𑣆
8 ଃȣȢ𐌚
9 ꝮⳊ𑣌𑢬𑣖
a ⍺ɑαаΑАᎪᗅꓮ𖽀𐊠
b ƄЬᏏᑲᖯꞴΒВᏴᗷꓐ𐊂𐊡𐌁вβ
c ⲥсꮯ𐐽🝌𑣲ⲤСᏟꓚ𐊢𐌂𐐕𐔜
d ԁᏧᑯꓒᎠᗞᗪꓓ
e ℮еҽ⋿ΕЕⴹᎬꓰ𑢦𑢮𐊆εє
f ꬵẝք𝈓Ϝᖴꓝ𑣂𑢢𐊇𐊥𐔥
g ɡƍցԌᏀᏳꓖ
h һհᏂΗⲎНᎻᕼꓧ𐋏н
i ⍳ıɩιіꙇӏꭵᎥ𑣃
j ϳјͿЈᎫᒍꓙ
k ΚⲔКᏦᛕꓗ𐔘кκ
l ∣⏽𐌠ƖǀΙⲒІӀⵏᛁꓲ𖼨𐊊𐌉𝈪ⳐᏞᒪꓡ𖼖𑢣𑢲𐐛𐔦
m ΜϺⲘМᎷᗰᛖꓟ𐊰𐌑м
n ոռΝⲚꓠ𐔓пη
o ంಂംංᴑοσⲟоჿօഠဝ𐓪𑣈𑣗𐐬〇ΟⲞОՕⵔዐଠ𐓂ꓳ𑢵𐊒𐊫𐐄𐔖
p ⍴ρⲣрΡⲢРᏢᑭꓑ𐊕
q ԛգզⵕ
r ꭇꭈᴦⲅгꮁ𝈖ƦᎡᏒ𐒴ᖇꓣ𖼵
s ƽѕꮪ𑣁𐑈ЅՏᏕᏚꓢ𖼺𐊖𐐠
t ⊤⟙🝨ΤⲦТᎢꓔ𖼊𑢼𐊗𐊱𐌕тτ
u ꞟʋυս𐓶𑣘Սሀ𐓎ᑌꓴ𖽂𑢸
v νѵ𑜆ꮩ𑣀𝈍ѴⴸᏙᐯꛟꓦ𖼈𑢠𐔝
w ɯѡԝա𑜊𑜎𑜏ꮃ𑣯ԜᎳᏔꓪω
x ᙮хᕁᕽ᙭𐌢𑣬ꞳΧⲬХⵝᚷꓫ𐊐𐊴𐌗𐔧χ
y ɣᶌγуүყ𑣜ΥⲨУҮᎩᎽꓬ𖽃𑢤𐊲
z ꮓ𑣄𐋵ΖᏃꓜ𑢩
"""  # noqa: RUF001 (they are the point)

LOOKALIKES = {
    alike: letter.upper() if alike.isupper() else letter
    for letter, others in (line.split(" ", 1) for line in _ALIKE.strip().split("\n"))
    for alike in others
}
"""The letter or digit by look-alike, in its case."""

/** Languages a writer can name, as BCP 47 tags that platforms have names for. */
export const languageTags: readonly string[] = (
  'aa af am ar as ay az bal be bg bm bn bo bs ca ce ckb cs cy da de din dz ee el en es et eu fa ' +
  'ff fi fr ga gn gu ha he hi hr ht hu hy id ig is it ja jv ka kab kac kg kk km kmb kn ko kok ks ' +
  'ksw ku ky lg ln lo lt lua lus lv mai mg mk ml mn mr ms my ne nl nn no ny om or os pa pl prs ps ' +
  'pt qu rhg rn ro ru rw sa sat sd sg shn si sid sk sl sn so sq sr ss st su sv sw ta te tet tg th ' +
  'ti tk tn tr ts tt tzm ug uk umb ur uz vi wo xh yo yue zh zu'
).split(' ');

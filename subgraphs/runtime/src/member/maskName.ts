/** Two-character surnames (复姓): masked to their second character, the name would show half a surname. */
const compoundSurnames = new Set(
  '欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 西门 拓跋'.split(' '),
);

/** The surname and one star: `王*`, `欧阳*`. One star whatever the length, and a single character is hidden whole. */
export function maskName(name: string): string {
  const characters = Array.from(name);
  if (characters.length < 2) return '*';
  const compound = characters.slice(0, 2).join('');
  return characters.length > 2 && compoundSurnames.has(compound) ? `${compound}*` : `${characters[0]!}*`;
}

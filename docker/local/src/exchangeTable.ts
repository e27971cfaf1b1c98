import type { OwnerSeen } from './watchOwner.js';

const headings = [
  ['from → to', '发送方 → 接收方'], ['state', '状态'], ['sent', '已编号'], ['received', '已签收'], ['lag', '待签收'], ['oldest', '最早待签收'],
  ['receipt', '最近签收'], ['parked', '搁置'], ['refusals', '拒收'],
] as const;

const none = '–';

/** Every stream between two owners as a line, below headings in both languages, and below them who is away. */
export function exchangeTable(seen: readonly OwnerSeen[], now: Date): string[] {
  const rows = seen.flatMap((from) => seen.filter((to) => to !== from).map((to) => rowOf(from, to, now)));
  const cells = [headings.map(([en]) => en), headings.map(([, zh]) => zh), ...rows];
  const widths = headings.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i]!))));
  const away = seen.filter(({ answers }) => !answers).map(({ name, streams }) => `${name} (its database ${streams ? 'answers' : 'does not answer'} 数据库${streams ? '可用' : '不可用'})`);
  return [
    ...cells.map((row) => row.map((cell, i) => (i < 2 ? cell + pad(cell, widths[i]!) : pad(cell, widths[i]!) + cell)).join('  ').trimEnd()),
    '',
    ...(away.length === 0 ? [] : [`away 离线: ${away.join(', ')}`]),
    'refusals 拒收: of the last day, as the sender / the receiver recorded them (近一日，发送方记录/接收方记录)',
  ];
}

function rowOf(from: OwnerSeen, to: OwnerSeen, now: Date): string[] {
  const out = from.streams?.find(({ peer }) => peer === to.name);
  const at = to.streams?.find(({ peer }) => peer === from.name);
  return [
    `${from.name} → ${to.name}`, stateOf(from, to, out), ...(out
      ? [String(out.sent), String(out.confirmed), String(out.lag), ageOf(out.oldestUndelivered, now), ageOf(out.lastReceipt, now)]
      : [none, none, none, none, none]),
    at ? String(at.parked) : none,
    `${from.streams ? refused(from, to.name, 'SENT') : none}/${to.streams ? refused(to, from.name, 'RECEIVED') : none}`,
  ];
}

function stateOf(from: OwnerSeen, to: OwnerSeen, out: { readonly state: string; readonly haltedFor: string | null } | undefined): string {
  if (out?.state === 'HALTED') return `HALTED 已停止 ${out.haltedFor ?? ''}`.trimEnd();
  if (!from.answers) return 'away 离线';
  if (!to.answers) return 'peer away 对方离线';
  if (!out) return `${none} 数据库不可用`;
  return out.state === 'OPEN' ? 'open 正常' : 'unknown 未签收';
}

const refused = ({ refusals }: OwnerSeen, peer: string, side: string): number =>
  refusals.filter((each) => each.peer === peer && each.side === side).reduce((sum, { count }) => sum + count, 0);

const units = [['d', 86_400], ['h', 3_600], ['m', 60]] as const;

/** `7s`, `3m`, `2h`, `5d`; clocks may differ by a moment. */
export function ageOf(at: Date | null, now: Date): string {
  if (at === null) return none;
  const seconds = Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1_000));
  const unit = units.find(([, length]) => seconds >= 2 * length);
  return unit ? `${Math.floor(seconds / unit[1])}${unit[0]}` : `${seconds}s`;
}

/** Columns on a terminal: a Chinese character takes two. */
const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + (/[\p{Script=Han}\u3000-\u303f\uff00-\uff60]/u.test(character) ? 2 : 1), 0);

const pad = (cell: string, width: number): string => ' '.repeat(width - widthOf(cell));

import PDFDocument from 'pdfkit';
import QRCode from 'qrcode';
import { millisecondsFrom } from '../limits.js';
import { commonFont, fontOf } from './paperFonts.js';

export interface PaperPass {
  /** `AP1:` and base45, as `credentialText` gives it; at most QR version 11 at level Q (259 characters). */
  readonly text: string;
  /** As in the credential: `王*`. 1 to 20 characters. */
  readonly maskedName: string;
  /** The issuing province's name: `安徽省`. 1 to 20 characters. */
  readonly issuerName: string;
  /** Seconds since 1970, as in the credential. */
  readonly expires: number;
  /** 32 hex digits. */
  readonly passId: string;
}

/** What QR version 11 holds at level Q. */
const maxText = 259;
const maxShown = 20;
/** Light modules around the code, which readers need (ISO/IEC 18004, 6.3.8). */
const quiet = 4;
const millimetre = 72 / 25.4;
/** A card that is cut out of an A4 sheet, 180 by 96 mm; its code is 66 mm wide, a module about a millimetre. */
const card = { x: 15, y: 20, width: 180, height: 96, code: 66 };

/**
 * A paper pass as a PDF of one A4 page: the code at level Q and, Chinese first, whose it is (masked), who issued it, until when,
 * and what a station must do by hand. Fonts are embedded, of each only the glyphs that are used.
 * @throws RangeError when something does not fit its shape, or the code would be too fine for paper
 */
export async function renderPaperPass(pass: PaperPass): Promise<Uint8Array> {
  const modules = codeOf(pass);
  const document = new PDFDocument({ size: 'A4', margin: 0, compress: true, info: { Title: '电子活动证（纸质）', Author: pass.issuerName } });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', resolve).on('error', reject);
  });
  const write = await writer(document);
  const left = (card.x + card.code + 14) * millimetre;
  const line = (mm: number): number => (card.y + mm) * millimetre;
  document.rect(card.x * millimetre, line(0), card.width * millimetre, card.height * millimetre).dash(3, { space: 3 }).lineWidth(0.5).stroke('#888888').undash();
  drawCode(document, modules, (card.x + 4) * millimetre, line(15), card.code * millimetre);
  await write('电子活动证（纸质）', left, line(7), 20);
  await write('Activity pass on paper', left, line(16), 8, '#555555');
  const fields = [['持证人（掩码）', 'Holder, masked', pass.maskedName], ['签发省', 'Issued by', pass.issuerName], ['有效期至', 'Valid until', beijingTime(pass.expires)]] as const;
  for (const [i, [name, english, value]] of fields.entries()) {
    await write(name, left, line(24 + 11 * i), 10, '#555555');
    await write(english, left, line(29 + 11 * i), 7, '#888888');
    await write(value, left + 27 * millimetre, line(24 + 11 * i), 13);
  }
  await write('证号 Pass', left, line(57), 10, '#555555');
  await write(pass.passId.match(/.{4}/g)!.join(' '), left, line(62.5), 9);
  await write('仅限低风险活动；须核对身份证件。', left, line(70), 12);
  await write('Low-risk activities only. Check the identity document.', left, line(77), 8, '#555555');
  await write('同一活动限用一次。遗失请即告知所在党组织。', left, line(82), 10);
  await write('One use an activity. Tell your Party organisation at once if it is lost.', left, line(87.5), 7, '#555555');
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

type Modules = ReturnType<typeof QRCode.create>['modules'];

function codeOf({ text, maskedName, issuerName, expires, passId }: PaperPass): Modules {
  if (text.length > maxText) throw new RangeError(`A code of more than ${maxText} characters is too fine for paper.`);
  if (!/^AP1:[0-9A-Z $%*+\-./:]+$/.test(text)) throw new RangeError('Paper carries a credential (AP1: and base45), not a phone\'s code.');
  for (const [name, value] of Object.entries({ maskedName, issuerName })) {
    const length = [...value].length;
    // A line break or a direction mark would let one field pass for another. Private-use and unassigned characters stand in registers for surnames that had no code.
    if (length < 1 || length > maxShown || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) throw new RangeError(`${name} is 1 to ${maxShown} characters that can be printed.`);
  }
  if (!Number.isSafeInteger(expires) || expires < 0 || expires >= millisecondsFrom) throw new RangeError('expires is in whole seconds since 1970.');
  if (!/^[0-9a-f]{32}$/.test(passId)) throw new RangeError('passId is 32 hex digits.');
  return QRCode.create([{ data: text, mode: 'alphanumeric' }], { errorCorrectionLevel: 'Q' }).modules;
}

/** Modules in a row are one rectangle: where two meet, a renderer's rounding would leave a light line. */
function drawCode(document: PDFKit.PDFDocument, modules: Modules, x: number, y: number, width: number): void {
  const { size } = modules;
  const unit = width / (size + 2 * quiet);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const from = column;
      while (column < size && modules.get(row, column)) column += 1;
      if (column > from) document.rect(x + (quiet + from) * unit, y + (quiet + row) * unit, (column - from) * unit, unit);
    }
  }
  document.fill('#000000');
}

/**
 * Sets a line, with a character that the common font lacks from the slice that has it. 〓 stands for what no slice has, and for a private-use
 * character, whose glyph every register agrees upon for itself.
 */
async function writer(document: PDFKit.PDFDocument): Promise<(text: string, x: number, y: number, size: number, color?: string) => Promise<void>> {
  document.registerFont('common', await commonFont());
  const set = async (character: string): Promise<readonly [font: string, character: string]> => {
    const font = /\p{Co}/u.test(character) ? undefined : await fontOf(character);
    if (font === 'common') return [font, character];
    if (!font) return ['common', '〓'];
    document.registerFont(character, font);
    return [character, character];
  };
  return async (text, x, y, size, color = '#000000') => {
    let at = x;
    for (const character of text) {
      const [font, shown] = await set(character);
      document.font(font, size).fillColor(color).text(shown, at, y, { lineBreak: false });
      at += document.widthOfString(shown);
    }
  };
}

/** As people here read it; the zone has one time. */
function beijingTime(seconds: number): string {
  const [date, time] = new Date((seconds + 8 * 3600) * 1000).toISOString().split('T') as [string, string];
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return `${year}年${month}月${day}日 ${time.slice(0, 5)}`;
}

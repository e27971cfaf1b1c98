import type { PaperRenderer } from '@delta/runtime/pass/index';

/** The smallest sheet there is: a PDF of one page whose text is what the code says. */
export const plainSheet: PaperRenderer = async ({ text }) => {
  const content = `BT /F1 8 Tf 40 780 Td (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`;
  return Buffer.from(['%PDF-1.4', '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj', '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>>>endobj',
    `4 0 obj<</Length ${content.length}>>stream\n${content}\nendstream endobj`, 'trailer<</Root 1 0 R>>', '%%EOF'].join('\n'));
};

import { PDFiumLibrary, type PDFiumDocument } from '@hyzyla/pdfium';
import { readQr, type Frame } from './readQr.js';

/** A second implementation reads what was written: PDFium, which browsers print with. */
export async function openSheet<R>(pdf: Uint8Array, look: (document: PDFiumDocument) => Promise<R> | R): Promise<R> {
  const pdfium = await PDFiumLibrary.init();
  const document = await pdfium.loadDocument(pdf);
  try {
    return await look(document);
  } finally {
    document.destroy();
    pdfium.destroy();
  }
}

/** The first page as it is printed, and scanned without loss. */
export const sheetPicture = (pdf: Uint8Array, dotsPerInch = 150): Promise<Frame> => openSheet(pdf, async (document) => {
  const { data, width, height } = await document.getPage(0).render({ scale: dotsPerInch / 72, render: ({ data }) => Promise.resolve(data) });
  return { data: new Uint8ClampedArray(data), width, height };
});

/** What the code on a printed pass says. */
export const readSheet = async (pdf: Uint8Array): Promise<string | undefined> => readQr(await sheetPicture(pdf));

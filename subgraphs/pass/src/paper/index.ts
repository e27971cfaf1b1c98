/** Paper passes (纸质活动证), Node only: `@delta/pass/paper`, apart from the core so that no page and no station loads a PDF writer. */
export { renderPaperPass, type PaperPass } from './renderPaperPass.js';

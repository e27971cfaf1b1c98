export { createCursors, listName, type Cursors } from './cursor.js';
export { gramsOf, searchGrams } from './grams.js';
export { readPage, toConnection, type Connection, type PageArguments, type PageRequest } from './page.js';

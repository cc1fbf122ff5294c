// Loads workbooks and saves them again with a JavaScript library, after filling in cells of their first sheet.
//
//   node resave.mjs exceljs|sheetjs JOBS.json
//
// JOBS.json: [{"in": path, "out": path, "set": {"B7": "text" | number | {"date": "2025-03-05"}}}, ...]
// CCHC_NODE_MODULES is the folder node_modules that holds the libraries.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(join(process.env.CCHC_NODE_MODULES, "resave.js"));

function day(text) {
  return new Date(`${text}T00:00:00Z`);
}

async function exceljs(job) {
  const { Workbook } = load("exceljs");
  const book = new Workbook();
  await book.xlsx.readFile(job.in);
  for (const [cell, value] of Object.entries(job.set)) {
    book.worksheets[0].getCell(cell).value = value.date ? day(value.date) : value;
  }
  await book.xlsx.writeFile(job.out);
}

function serial(date) {
  return Math.round((date - Date.UTC(1899, 11, 30)) / 86_400_000);
}

// Its free edition keeps no styles: a date is written as programs that use it write one, a number with a format of its own.
async function sheetjs(job) {
  const { read, write } = load("xlsx");
  const book = read(readFileSync(job.in), { cellNF: true });
  const sheet = book.Sheets[book.SheetNames[0]];
  for (const [cell, value] of Object.entries(job.set)) {
    if (value.date) {
      sheet[cell] = { t: "n", v: serial(day(value.date)), z: "dd/mm/yyyy" };
    } else {
      sheet[cell] = { t: typeof value === "number" ? "n" : "s", v: value };
    }
  }
  writeFileSync(job.out, write(book, { type: "buffer", bookType: "xlsx" }));
}

const [library, jobs] = process.argv.slice(2);
const resave = { exceljs, sheetjs }[library];
for (const job of JSON.parse(readFileSync(jobs, "utf8"))) {
  await resave(job);
}

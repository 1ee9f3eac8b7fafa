// node compile-messages.mjs IN.po OUT.mo: the binary form of one translation, which Django reads.

import { readFileSync, writeFileSync } from "node:fs";
import gettextParser from "gettext-parser";

const [source, target] = process.argv.slice(2);
const messages = gettextParser.po.parse(readFileSync(source), { validation: true });
writeFileSync(target, gettextParser.mo.compile(messages));

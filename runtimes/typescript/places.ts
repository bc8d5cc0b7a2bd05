// Where a line of a stack was written. Done when there is an error to tell of: --enable-source-maps would cost each start.
import * as fs from "node:fs";
import { SourceMap } from "node:module";

const maps = new Map<string, any>();

function mapOf(file: string): any {
    if (!maps.has(file)) {
        const content = fs.readFileSync(file, "latin1");
        const mark = "sourceMappingURL=data:application/json;base64,";
        const at = content.lastIndexOf(mark);
        const json = at < 0 ? undefined : Buffer.from(content.slice(at + mark.length), "base64").toString();
        maps.set(file, json === undefined ? undefined : new SourceMap(JSON.parse(json)));
    }
    return maps.get(file);
}

/** The line with its place in compiled code, if there is one, replaced by that in the source. */
export function written(line: string): string {
    return line.replace(/(?:file:\/\/)?(\/[^():]+)\.js:(\d+):(\d+)/, (all, name: string, row: string, column: string) => {
        try {
            const entry = mapOf(name + ".js")?.findEntry(Number(row) - 1, Number(column) - 1);
            return entry?.originalLine === undefined
                ? all
                : `${name}.ts:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
        } catch {
            return all;
        }
    });
}

// What is shown, as a file: CSV for spreadsheets, JSON for programs.
export type Row = Readonly<Record<string, string | number | boolean | null>>;

export function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  // A cell that begins like a formula would be run by a spreadsheet.
  const cell = (value: Row[string]) => {
    const text = String(value ?? "");
    return `"${(typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  };
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))].map((row) => row.map(cell).join(",")).join("\r\n");
}

export function save(name: string, type: "text/csv" | "application/json", text: string): void {
  saveBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

import { Button, FileButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { lazy, Suspense, useMemo, useState } from "react";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import type { Mark } from "../files/marks";
import { megabytes } from "../format/figures";
import { useWords } from "../i18n/I18n";
import classes from "./Authoring.module.css";
import { DryRunResult } from "./DryRunResult";
import { example } from "./example";
import { Faults } from "./Faults";
import { FormPreview } from "./FormPreview";
import { loadDirectory } from "./loadDirectory";
import { parseTemplate, type Fault, type Parsed } from "./parse";
import { placedIn, type Placed } from "./place";
import { useDryRun } from "./useDryRun";

const Editor = lazy(() => import("../files/Editor"));

const most = 10_000_000; // bytes that a dry run takes

/** TemplateEditor is where a template is written: text, live form, and a dry run of both. */
export default function TemplateEditor() {
  const { t, lang, saying } = useWords();
  const [source, setSource] = useState({ turn: 0, ...example });
  const [text, setText] = useState(example.text);
  const [tooLarge, setTooLarge] = useState<number>();
  const [settled] = useDebouncedValue(text, 250);
  const parsed = useMemo(() => parseTemplate(settled), [settled]);
  const last = useLast(parsed);
  const { result, problem, busy, run, forget } = useDryRun();
  const placed = useMemo(() => problem && placedIn(problem.message), [problem]);
  const faults: readonly Fault[] = placed ? [...parsed.faults, { ...parsed.lineOf(placed.path), message: placed.message }] : parsed.faults;
  const marks = useMemo(() => marksOf(parsed, placed && { ...placed, message: saying(placed.message) }), [parsed, placed, saying]);
  const begin = (from: typeof example) => {
    setSource((before) => ({ turn: before.turn + 1, ...from }));
    setText(from.text);
    forget();
  };
  const load = async (files: File[]) => {
    const { text: found, directory, size } = await loadDirectory(files);
    setTooLarge(size > most ? size : undefined);
    if (size <= most) begin({ text: found ?? text, directory });
  };
  return (
    <>
      <PageHead title={t("author.title")} lead={t("author.lead")}>
        <div className={classes.actions}>
          <Button variant="default" onClick={() => begin(example)}>
            {t("author.example")}
          </Button>
          <FileButton multiple inputProps={{ webkitdirectory: "" } as object} onChange={(files) => void load(files)}>
            {(props) => (
              <Button variant="default" {...props}>
                {t("author.load")}
              </Button>
            )}
          </FileButton>
        </div>
      </PageHead>
      {tooLarge !== undefined && (
        <p role="alert" className={classes.bad}>
          {t("author.tooLarge", { size: megabytes(tooLarge, lang) })}
        </p>
      )}
      <div className={classes.sides}>
        <section aria-labelledby="yaml" className={classes.side}>
          <h2 id="yaml">{t("author.yaml")}</h2>
          <Suspense fallback={<RowsSkeleton rows={14} />}>
            <Editor key={source.turn} path="template.yaml" text={source.text} editing label={t("author.yaml")} find={undefined} faults={marks} onChange={setText} />
          </Suspense>
          <Faults faults={faults} />
          <p className={classes.quiet}>{t("author.directory", { count: source.directory.length })}</p>
        </section>
        <section aria-labelledby="form" className={classes.side}>
          <h2 id="form">{t("author.form")}</h2>
          {last?.form ? (
            <FormPreview offered={last.form} busy={busy} onRun={(values, secrets) => run({ template: last.template ?? {}, values, secrets, directoryContents: [...source.directory] })} />
          ) : (
            <p className={classes.quiet}>{t("author.noForm")}</p>
          )}
        </section>
      </div>
      {problem && !placed && <Failure problem={problem} />}
      {result && <DryRunResult result={result} />}
    </>
  );
}

/** What is half typed is only marked; what a dry run found is said at its line. */
function marksOf({ faults, lineOf }: Parsed, found: Placed | undefined): Mark[] {
  const typed = faults.flatMap(({ line }) => (line === undefined ? [] : [{ line }]));
  const { line } = found ? lineOf(found.path) : {};
  return found && line !== undefined ? [...typed, { line, note: found.message }] : typed;
}

/** useLast keeps the last text that was a template, so that the form stays while one types. */
function useLast(parsed: Parsed): Parsed | undefined {
  const [last, setLast] = useState<Parsed>();
  if (parsed.form && last !== parsed) setLast(parsed);
  return parsed.form ? parsed : last;
}

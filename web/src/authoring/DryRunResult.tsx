import { useEffect, useRef, useState } from "react";
import type { DryRunResult as Result } from "../api/types";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import { LogView } from "../logs/LogView";
import { parseLine } from "../logs/parse";
import { OutputView } from "../tasks/OutputView";
import { outputFrom } from "../tasks/steps";
import classes from "./Authoring.module.css";
import { decoded } from "./base64";

/** DryRunResult is what a dry run said, made and gave. */
export function DryRunResult({ result }: { result: Result }) {
  const { t } = useWords();
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    top.current?.focus();
    top.current?.scrollIntoView({ block: "start" });
  }, [result]);
  const lines = result.log.flatMap(({ body }) => body.message.split("\n").map(parseLine));
  return (
    <section className={classes.result} aria-labelledby="result">
      <h2 id="result" ref={top} tabIndex={-1}>
        {t("author.result")}
      </h2>
      <OutputView output={outputFrom(result.output)} />
      <section className={page.section} aria-labelledby="files">
        <h2 id="files">{t("author.files")}</h2>
        {result.directoryContents.length === 0 ? <p className={classes.quiet}>{t("author.noFiles")}</p> : <Files files={result.directoryContents} />}
      </section>
      <section className={page.section} aria-labelledby="drylog">
        <h2 id="drylog">{t("task.log")}</h2>
        <LogView lines={lines} name="dry-run" />
      </section>
    </section>
  );
}

function Files({ files }: { files: Result["directoryContents"] }) {
  const { t } = useWords();
  const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path));
  const [chosen, setChosen] = useState(sorted[0]?.path);
  const file = sorted.find(({ path }) => path === chosen) ?? sorted[0];
  const text = file && decoded(file.base64Content);
  return (
    <div className={classes.files}>
      <ul>
        {sorted.map(({ path }) => (
          <li key={path}>
            <button type="button" aria-current={path === file?.path} title={path} onClick={() => setChosen(path)}>
              {path}
            </button>
          </li>
        ))}
      </ul>
      <pre tabIndex={0} role="region" aria-label={file?.path}>
        {text ?? t("author.binary")}
      </pre>
    </div>
  );
}

import { useRef, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { RepositoryFile } from "../api/types";

/** Base is the file that a change starts from; without a sha it is a new one. */
export type Base = { content: string; sha?: string };

/** Clash is the file as somebody else left it meanwhile; without content it was deleted. */
export type Clash = { content?: string; sha?: string };

/** useCommit writes a file and follows the delivery; a file that changed meanwhile is a clash. */
export function useCommit(app: string, path: string) {
  const navigate = useNavigate();
  const done = useRef(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [clash, setClash] = useState<Clash>();

  const commit = async (base: Base, content: string, message: string) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await unwrap(api.PUT("/api/pronto/v1/apps/{name}/file", { params: { path: { name: app } }, body: { path, content, message, ...(base.sha ? { sha: base.sha } : {}) } }));
      done.current = true;
      void navigate(`/apps/${app}`, { state: { follow: made.revision } });
    } catch (thrown) {
      const failure = asProblem(thrown);
      const seen = failure.status === 409 ? await asItIs(app, path) : undefined;
      if (seen) setClash(seen);
      else setProblem(failure);
      setBusy(false);
    }
  };
  return { commit, busy, problem, clash, settle: () => setClash(undefined), done };
}

/** asItIs is the file as it is now; undefined when that cannot be read either. */
async function asItIs(app: string, path: string): Promise<Clash | undefined> {
  try {
    const file: RepositoryFile = await unwrap(api.GET("/api/pronto/v1/apps/{name}/file", { params: { path: { name: app }, query: { path } } }));
    return { content: file.content ?? "", sha: file.sha };
  } catch (thrown) {
    return asProblem(thrown).status === 404 ? {} : undefined;
  }
}

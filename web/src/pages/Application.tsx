import { useEffect, useState } from "react";
import { useLocation, useNavigate, useParams } from "react-router";
import { AppLayout } from "../application/AppLayout";
import { AppSkeleton } from "../application/AppSkeleton";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import { Failure } from "../components/Failure";
import { PageHead } from "../components/PageHead";
import { useLive, useLiveStore } from "../live/LiveContext";
import { AppGone } from "./AppGone";
import { AppMissing } from "./AppMissing";
import { AppStarting } from "./AppStarting";

/** Application is one application's page, whatever is known of it. */
export function Application() {
  const { name = "" } = useParams();
  const live = useLive();
  const { state, pathname, search } = useLocation() as { state: { taskId?: string } | null; pathname: string; search: string };
  const entry = live.apps[name];
  const problem = useAsked(name, live.loaded && !entry && !(name in live.gone));
  const navigate = useNavigate();
  const arrived = entry !== undefined && state?.taskId !== undefined;
  useEffect(() => {
    // Where one came from is told once: a page read again later must not wait for that task.
    if (arrived) void navigate(pathname + search, { replace: true, state: null });
  }, [arrived, navigate, pathname, search]);
  if (entry) return <AppLayout key={name} entry={entry} />;
  if (name in live.gone) return <AppGone name={name} deletion={live.gone[name]} />;
  if (state?.taskId) return <AppStarting name={name} taskId={state.taskId} />;
  if (problem?.status === 404) return <AppMissing name={name} />;
  if (problem) {
    return (
      <>
        <PageHead title={name} />
        <Failure problem={problem} />
      </>
    );
  }
  return <AppSkeleton name={name} />;
}

/** useAsked asks the API for an application of which the stream did not tell. */
function useAsked(name: string, wanted: boolean): Problem | undefined {
  const store = useLiveStore();
  const [asked, setAsked] = useState<{ name: string; problem: Problem }>();
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    unwrap(api.GET("/api/pronto/v1/apps/{name}", { params: { path: { name } } })).then(
      (app) => {
        if (current) store.put(app);
      },
      (thrown: unknown) => {
        if (current) setAsked({ name, problem: asProblem(thrown) });
      },
    );
    return () => {
      current = false;
    };
  }, [name, wanted, store]);
  return wanted && asked?.name === name ? asked.problem : undefined;
}

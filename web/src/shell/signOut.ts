import { api } from "../api/client";
import { setKnown } from "./known";

/** signOut ends the session, here and at the identity provider, and leaves nothing of it on the page. */
export async function signOut(): Promise<void> {
  const { data } = await api.POST("/auth/logout");
  sessionStorage.clear();
  setKnown(false);
  location.assign(data?.redirect ?? "/");
}

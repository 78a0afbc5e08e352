import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** The typed client of the portal's API; it speaks to the page's own origin. */
export const api = createClient<paths>({ baseUrl: "/" });

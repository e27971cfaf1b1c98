import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';

/** The viewer, when signed in. @throws PlatformError UNAUTHENTICATED */
export function requireViewer({ viewer }: { readonly viewer: Viewer | null }): Viewer {
  if (!viewer) throw new PlatformError('UNAUTHENTICATED');
  return viewer;
}

/** The viewer, when this province's own. @throws PlatformError UNAUTHENTICATED, OUT_OF_SCOPE */
export function requireOwnViewer(request: { readonly viewer: Viewer | null; readonly services: { readonly entry: { readonly code: string } } }): Viewer {
  const viewer = requireViewer(request);
  if (viewer.province !== request.services.entry.code) throw new PlatformError('OUT_OF_SCOPE');
  return viewer;
}

/** The section of a version in a keepachangelog.com changelog, or undefined if there is none. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((one) => one.startsWith(`## [${version}]`) || one.startsWith(`## ${version}`));
  return section?.split('\n').slice(1).join('\n').trim();
}

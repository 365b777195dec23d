/** The section of one version in a changelog in the format of keepachangelog.com; undefined when there is none. */
export function releaseNotes(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((one) => one.startsWith(`## [${version}]`) || one.startsWith(`## ${version}`));
  return section?.split('\n').slice(1).join('\n').trim();
}

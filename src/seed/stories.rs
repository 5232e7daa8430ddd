//! What happens to machines: the stories of `data/histoires.txt`.
//!
//! A story is a paragraph. Its first line says kind, machine types (`*` for any), the compétence it needs,
//! minutes from–to, whether the machine stops, and the part it may wait for (`-` for none). Then follow titre,
//! symptôme, cause, remède and compte rendu; planned work has only titre, description and compte rendu.

use std::collections::HashMap;

use super::random::Random;

const TEXT: &str = include_str!("data/histoires.txt");

/// How often each kind of work happens beside the plans, in per cent.
const KINDS: &[(i64, &str)] =
    &[(74, "corrective"), (8, "preventive"), (9, "ameliorative"), (9, "diagnostic")];

#[derive(Clone, Copy, Debug)]
pub struct Story {
    pub kind: &'static str,
    /// Key of the compétence that the work needs.
    pub competence: Option<&'static str>,
    pub minutes: (i64, i64),
    pub stops: bool,
    pub part: Option<&'static str>,
    pub titre: &'static str,
    /// What is seen, or for planned work what is to be done.
    pub symptome: &'static str,
    pub cause: Option<&'static str>,
    pub remede: Option<&'static str>,
    pub compte_rendu: &'static str,
}

impl Story {
    /// Something broke, or seems to.
    pub fn is_failure(&self) -> bool {
        self.cause.is_some()
    }
}

/// By kind and machine type.
pub struct Stories(HashMap<(&'static str, &'static str), Vec<Story>>);

impl Stories {
    pub fn read() -> Self {
        let mut stories = HashMap::<_, Vec<_>>::new();
        for (story, machines) in paragraphs() {
            for machine in machines.split(", ") {
                stories.entry((story.kind, machine)).or_default().push(story);
            }
        }
        Self(stories)
    }

    /// The one with this title.
    pub fn by_title(&self, titre: &str) -> Option<Story> {
        self.0.values().flatten().find(|story| story.titre == titre).copied()
    }

    /// One that can happen to a machine of this type, more often one of its own than one of any machine.
    pub fn tell(&self, random: &mut Random, machine: &str) -> Option<Story> {
        let kind = random.weighted(KINDS)?;
        let of = |machine| self.0.get(&(kind, machine)).map(Vec::as_slice).unwrap_or_default();
        let own = if random.chance(85) { random.pick(of(machine)) } else { None };
        own.or_else(|| random.pick(of("*")))
    }
}

/// Every story with the machine types it can happen to.
fn paragraphs() -> Vec<(Story, &'static str)> {
    let lines: Vec<&'static str> = TEXT.lines().map(str::trim).collect();
    lines.split(|line| line.is_empty()).filter_map(story).collect()
}

fn story(paragraph: &[&'static str]) -> Option<(Story, &'static str)> {
    let (head, body) = paragraph.split_first()?;
    let mut fields = head.split(" | ");
    let mut field = || fields.next().unwrap_or_default();
    let (kind, machines, competence) = (field(), field(), given(field()));
    let (from, to) = field().split_once('-')?;
    let minutes = (from.parse().ok()?, to.parse().ok()?);
    let (stops, part) = (field() == "arret", given(field()));
    let (titre, symptome, cause, remede, compte_rendu) = match *body {
        [titre, symptome, cause, remede, compte_rendu] => {
            (titre, symptome, Some(cause), Some(remede), compte_rendu)
        }
        [titre, description, compte_rendu] => (titre, description, None, None, compte_rendu),
        _ => return None,
    };
    let story =
        Story { kind, competence, minutes, stops, part, titre, symptome, cause, remede, compte_rendu };
    Some((story, machines))
}

/// The tables write `-` for nothing.
pub fn given(field: &'static str) -> Option<&'static str> {
    (field != "-").then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paragraph_is_a_story_and_forty_of_them_are_failures() {
        let stories = paragraphs();

        assert_eq!(stories.len(), TEXT.lines().filter(|line| line.contains(" | ")).count());
        assert!(stories.iter().filter(|(story, _)| story.kind == "corrective").count() >= 40);
    }
}

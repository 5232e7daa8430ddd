//! What mails look like: templates in the executable, each replaceable by a file of the data directory.
//!
//! A mail `notification` in French is three templates: `fr/notification.objet.txt` (the subject),
//! `fr/notification.txt` and `fr/notification.html`; `mise_en_page.*` are common to all.
//! A file of the same name below `templates/` in the data directory is used instead, from the next mail on.
//! What may stand in a template is [MiniJinja](https://docs.rs/minijinja)'s language, and the fields of the
//! contexts below; in `.html` all values are escaped.
//!
//! A file that cannot be used costs no mail: the built-in template stands in, and the log names file and line.

mod context;
mod overrides;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use rust_embed::Embed;
use serde::Serialize;

pub use context::{Digest, DigestEntry, Notice, Trial};

use crate::kernel::error::{Error, Result};
use crate::kernel::phrase::Language;
pub use overrides::Broken;
use overrides::Overrides;

#[derive(Embed)]
#[folder = "assets/courriel"]
struct Embedded;

/// Work that one part of a mail may cost: a hundred times what the longest digest needs, a tenth of a second.
pub const FUEL: u64 = 1_000_000;

const PRODUCT: &str = "erp-interventions";

/// What a mail is made of: the endings of its templates.
const PARTS: [&str; 3] = ["objet.txt", "txt", "html"];

/// A mail's content, in one language.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// On one line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// The built-in templates, and those that replace them.
pub struct Templates {
    embedded: Environment<'static>,
    overrides: Arc<Overrides>,
    public_url: String,
}

impl Templates {
    /// Those of the executable, and of `templates/` in the data directory, which need not exist.
    pub fn new(data_dir: &Path, public_url: &str) -> Self {
        let mut embedded = environment();
        for name in Embedded::iter() {
            let source = built_in(&name).expect("a listed file is there");
            embedded.add_template_owned(name.into_owned(), source).expect("tests compile every template");
        }
        let overrides = Arc::new(Overrides::new(data_dir.join("templates")));
        Self { embedded, overrides, public_url: public_url.to_owned() }
    }

    /// The mail `name` in a person's language. Reads the files that replace templates, if there are any.
    ///
    /// # Errors
    /// There is no such mail, or its built-in template needs what `context` does not have.
    pub fn render(&self, name: &str, language: Language, context: &impl Serialize) -> Result<Rendered> {
        let context = self.complete(language, Value::from(Serde(context)));
        let part = |ending: &str| self.part(&format!("{}/{name}.{ending}", language.tag()), &context);
        let [subject, text, html] = PARTS.map(part);
        let subject = subject?;
        Ok(Rendered {
            // A title with a line break must not break the header: it is refused there, and lost.
            subject: subject
                .split(char::is_control)
                .flat_map(str::split_whitespace)
                .collect::<Vec<_>>()
                .join(" "),
            text: text?,
            html: html?,
        })
    }

    /// The files that cannot be used, found by rendering every mail with made-up content.
    pub fn broken(&self) -> Vec<Broken> {
        let mut found = BTreeSet::new();
        for (mail, sample) in context::samples() {
            let parts = Language::ALL.into_iter().flat_map(|language| PARTS.map(|part| (language, part)));
            for (language, ending) in parts {
                let name = format!("{}/{mail}.{ending}", language.tag());
                if let Some(Err(error)) = self.replaced(&name, &self.complete(language, sample.clone())) {
                    found.insert(self.overrides.broken(&name, &error));
                }
            }
        }
        found.into_iter().collect()
    }

    fn part(&self, name: &str, context: &Value) -> Result<String> {
        let built_in = || {
            let rendered = self.embedded.get_template(name).and_then(|template| template.render(context));
            rendered.map_err(|error| Error::Internal(error.into()))
        };
        match self.replaced(name, context) {
            None => built_in(),
            Some(Ok(rendered)) => Ok(rendered),
            Some(Err(error)) => {
                // If the built-in one fails as well, the files are not to blame.
                let rendered = built_in()?;
                self.overrides.complain(self.overrides.broken(name, &error));
                Ok(rendered)
            }
        }
    }

    /// One part from the files, and from built-in templates where there is none; `None` without any file.
    fn replaced(&self, name: &str, context: &Value) -> Option<std::result::Result<String, minijinja::Error>> {
        if !self.overrides.exist() {
            return None;
        }
        let mut environment = environment();
        let overrides = self.overrides.clone();
        environment.set_loader(move |name| Ok(overrides.read(name)?.or_else(|| built_in(name))));
        Some(environment.get_template(name).and_then(|template| template.render(context)))
    }

    /// A mail's own content, and what every mail has.
    fn complete(&self, language: Language, content: Value) -> Value {
        let (langue, sens) = (language.tag(), language.direction());
        context! { produit => PRODUCT, langue, sens, adresse => self.public_url.as_str(), ..content }
    }
}

fn built_in(name: &str) -> Option<String> {
    String::from_utf8(Embedded::get(name)?.data.into_owned()).ok()
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
    });
    // A misspelt field is an error with a line, not a hole in a mail.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // A line with nothing but a tag leaves no empty line behind.
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters"));
    environment.set_fuel(Some(FUEL));
    environment
}

#[cfg(test)]
mod tests;

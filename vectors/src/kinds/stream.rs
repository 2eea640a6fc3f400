//! A stream, piece by piece.

use edgewarden::scan;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Case, Found, origin};
use crate::options::scanner;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    name: String,
    origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
    pieces: Vec<String>,
    /// One per piece, and the last for the end.
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    release: String,
    decision: String,
    score: u16,
    findings: Vec<Found>,
}

impl Case for Stream {
    fn answer(&mut self) -> Result<(), String> {
        let text = self.pieces.concat();
        let mut stream = scanner(self.options.as_ref())?.stream(origin(&self.origin)?);
        let (mut outputs, mut taken) = (Vec::new(), 0);
        for piece in &self.pieces {
            let output = stream.push(piece);
            taken += piece.len();
            if (stream.decision(), stream.score()) != (output.decision, output.score) || stream.held_bytes() > taken {
                return Err("the stream says otherwise than its output".to_owned());
            }
            outputs.push(Output::of(output, &text)?);
        }
        outputs.push(Output::of(stream.finish(), &text)?);
        self.outputs = outputs;
        Ok(())
    }
}

impl Output {
    fn of(output: scan::StreamOutput, text: &str) -> Result<Self, String> {
        let scan::StreamOutput { release, findings, decision, score } = output;
        Ok(Self { release, decision: decision.name().to_owned(), score, findings: Found::all(&findings, text)? })
    }
}

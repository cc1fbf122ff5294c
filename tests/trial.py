"""A form of an office's own: small, sound, with one row of each kind that the shipped forms lack, and easily broken."""

from __future__ import annotations

from pathlib import Path

ID = "thu-nghiem"
FORM = """\
id: thu-nghiem
version: 1
name: Biểu thử nghiệm
name_en: A trial form
base_year: 2027
era: post
coordinator: VP
sections: [VP, KT]
owner_column: do
heading:
  - {style: annex, text: "Phụ lục thử"}
  - {style: title, text: "CHỈ TIÊU {{ commune_full | upper }} NĂM {{ year }}"}
columns:
  - {id: stt, role: stt, header: STT, width: 6}
  - {id: label, role: label, header: Chỉ tiêu, width: 40}
  - {id: target, role: target, header: "Chỉ tiêu năm {{ year }}", width: 20}
  - {id: do, role: units, header: Đơn vị thực hiện, width: 20}
  - {id: deadline, role: deadline, header: Thời hạn, width: 12}
rows:
  - id: r01
    role: group
    cells: {stt: "1", label: "Thủ tục hành chính"}
  - id: r02
    role: item
    cells: {stt: "1.1", label: "Tỷ lệ hồ sơ đúng hạn", target: "90%", do: "Phòng Kinh tế"}
    measure: {kind: rate, op: ">=", target: 90, num: Số hồ sơ đúng hạn, den: Tổng số hồ sơ, basis: flow}
  - id: r03
    role: item
    cells:
      stt: "1.2"
      label: Hai tỷ lệ
      target: |-
        Công khai 100%
        Số hóa tối thiểu 80%
      do: Phòng Kinh tế
    measures:
      - {id: r03a, words: "Công khai 100%", label: Công khai, kind: rate, op: ">=", target: 100, num: a, den: b, basis: flow}
      - {id: r03b, words: "Số hóa tối thiểu 80%", label: Số hóa, kind: rate, op: ">=", target: 80, num: c, den: d, basis: flow}
  - id: r04
    role: item
    cells: {stt: "1.3", label: "Ban hành kế hoạch", do: "Phòng Kinh tế", deadline: "Quý I"}
    measure: {kind: task, value: tình trạng, evidence: true}
    deadline: [{quarter: 1}]
  - id: r05
    role: item
    cells: {stt: "1.4", label: "Tỷ lệ hài lòng", target: "29%"}
    measure: {kind: percent, op: ">=", target: 29, value: tỷ lệ hài lòng, basis: survey, evidence: true}
merges:
  - {column: do, first: r04, last: r05}
relations:
  - {kind: subset, part: r03b.num, whole: r02.num}
"""
# A form in which what is left of one period is carried over into the next.
CARRYING_ROWS = """\
  - id: r06
    role: item
    cells: {stt: "2.1", label: "Hồ sơ từ kỳ trước chuyển sang", do: "Phòng Kinh tế"}
    measure: {kind: count, op: ">=", target: 0, value: từ kỳ trước, basis: stock}
  - id: r07
    role: item
    cells: {stt: "2.2", label: "Hồ sơ đang giải quyết", do: "Phòng Kinh tế"}
    measure: {kind: count, op: ">=", target: 0, value: đang giải quyết, basis: stock}
  - id: r08
    role: item
    cells: {stt: "2.3", label: "Hồ sơ đã tiếp nhận", do: "Phòng Kinh tế"}
    measure: {kind: count, op: ">=", target: 1, value: đã tiếp nhận, basis: flow}
merges:
"""
CARRYING = FORM.replace("merges:\n", CARRYING_ROWS) + "  - {kind: carry, part: r06.value, whole: r07.value}\n"


def changed(*edits: tuple[str, str]) -> str:
    """The form with texts replaced; each must be there exactly once."""
    text = FORM
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def put(folder: Path, text: str | bytes = FORM, version: int = 1, form_id: str = ID) -> Path:
    """The form as a file of an office's folder of forms; gives the file."""
    path = folder / form_id / f"v{version}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path

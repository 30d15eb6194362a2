//! Small files of the accepted types, made of what tells their type.

/// A ZIP archive of stored entries with these names.
pub fn zip(names: &[&str]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let length = u16::try_from(name.len()).expect("short").to_le_bytes();
        let offset = u32::try_from(archive.len()).expect("small").to_le_bytes();
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&local(&length));
        archive.extend_from_slice(name.as_bytes());
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&local(&length));
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(names.len()).expect("few").to_le_bytes();
    let size = u32::try_from(directory.len()).expect("small").to_le_bytes();
    let start = u32::try_from(archive.len()).expect("small").to_le_bytes();
    let end = [
        &b"PK\x05\x06\x00\x00\x00\x00"[..],
        &count,
        &count,
        &size,
        &start,
        &[0, 0],
    ]
    .concat();
    [archive, directory, end].concat()
}

/// Version needed, flags, method, time, date, CRC, two sizes, lengths of the name and of the extra field.
fn local(length: &[u8; 2]) -> Vec<u8> {
    [&[20, 0][..], &[0; 20], length, &[0, 0]].concat()
}

fn mp4_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).expect("small").to_be_bytes();
    [&size[..], kind, content].concat()
}

/// An MP4 file with one track of this kind (`vide`, `soun`).
pub fn mp4(track: &[u8; 4]) -> Vec<u8> {
    let handler = mp4_box(b"hdlr", &[&[0; 8][..], track, &[0; 12]].concat());
    let movie = mp4_box(b"moov", &mp4_box(b"trak", &mp4_box(b"mdia", &handler)));
    [mp4_box(b"ftyp", b"isom\x00\x00\x02\x00isommp42"), movie].concat()
}

/// An old office document with this class id in its root (little-endian, as it is stored).
pub fn compound(class: [u8; 16]) -> Vec<u8> {
    let mut file = vec![0; 512 * 2];
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    file[26] = 3;
    // The directory is the first sector behind the header.
    file[512 + 80..512 + 96].copy_from_slice(&class);
    file
}

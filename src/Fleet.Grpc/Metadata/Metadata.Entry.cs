using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One header or trailer.</summary>
    public sealed class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Makes a text entry. The name must not end in <see cref="BinaryHeaderSuffix" />.</summary>
        public Entry(string key, string value)
        {
            Key = Normalise(key);
            if (IsBinary)
                throw new ArgumentException($"'{key}' ends in '-bin' and must be given bytes.", nameof(key));

            ArgumentNullException.ThrowIfNull(value);
            _text = value;
        }

        /// <summary>Makes a binary entry. The name must end in <see cref="BinaryHeaderSuffix" />.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Normalise(key);
            if (!IsBinary)
                throw new ArgumentException($"'{key}' must end in '-bin' to be given bytes.", nameof(key));

            ArgumentNullException.ThrowIfNull(valueBytes);
            _bytes = (byte[])valueBytes.Clone();
        }

        /// <summary>The name, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the entry carries bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text. Throws where the entry is binary.</summary>
        public string Value => _text ?? throw new InvalidOperationException($"'{Key}' is binary; read ValueBytes.");

        /// <summary>The bytes: a copy of them, or of the text's ASCII form.</summary>
        public byte[] ValueBytes => _bytes is not null ? (byte[])_bytes.Clone() : Encoding.ASCII.GetBytes(_text!);

        internal ReadOnlySpan<byte> RawBytes => _bytes;

        /// <inheritdoc />
        public override string ToString() => IsBinary
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes!)}]"
            : $"[Entry: key={Key}, value={_text}]";

        // Custom-Metadata's Header-Name in PROTOCOL-HTTP2: lower case letters, digits, "_", "-" and ".".
        private static string Normalise(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            foreach (var c in key)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                    throw new ArgumentException($"'{key}' is no metadata name: letters, digits, '_', '-' and '.' only.", nameof(key));
            }

            return key.ToLowerInvariant();
        }
    }
}

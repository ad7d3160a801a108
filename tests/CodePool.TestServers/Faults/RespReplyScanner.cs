namespace CodePool.TestServers;

/// <summary>
/// Finds where replies end, in versions 2 and 3 of the protocol, however the network cuts them. Nesting needs no stack: an
/// array of n is n more elements to come.
/// </summary>
internal sealed class RespReplyScanner
{
    private long _elements; // still to come in this reply
    private long _skip; // bytes of a string still to come, with its line end
    private byte _kind;
    private long _number;
    private bool _negative;
    private bool _inLine;

    /// <summary>Whether the next byte begins a reply.</summary>
    public bool AtStart => _elements == 0;

    /// <summary>Takes in bytes, at most to the end of one reply, and says how many.</summary>
    public int Scan(ReadOnlySpan<byte> data, out bool complete)
    {
        complete = false;
        int at = 0;
        if (AtStart && data.Length > 0)
            _elements = 1;

        while (at < data.Length && !complete)
        {
            if (_skip > 0)
            {
                int skipped = (int)Math.Min(_skip, data.Length - at);
                at += skipped;
                _skip -= skipped;
                if (_skip == 0)
                    _elements--;
            }
            else
            {
                ReadHeader(data[at++]);
            }

            complete = _elements == 0;
        }

        return at;
    }

    private void ReadHeader(byte next)
    {
        if (!_inLine)
        {
            (_inLine, _kind, _number, _negative) = (true, next, 0, false);
        }
        else if (next == '\n')
        {
            _inLine = false;
            EndHeader();
        }
        else if (next == '-')
        {
            _negative = true;
        }
        else if (next is >= (byte)'0' and <= (byte)'9')
        {
            // Meaningless in a text line, where it may run over.
            _number = unchecked((_number * 10) + (next - '0'));
        }
    }

    private void EndHeader()
    {
        switch ((char)_kind)
        {
            case '$' or '=' or '!' when !_negative:
                _skip = _number + 2;
                break;
            case '*' or '~' or '>' when !_negative:
                _elements += _number - 1;
                break;
            case '%':
                _elements += (2 * _number) - 1;
                break;
            case '|':
                _elements += 2 * _number; // Attributes stand before a value, and are none.
                break;
            default:
                _elements--; // A line: + - : , # ( _, or a missing value.
                break;
        }
    }
}

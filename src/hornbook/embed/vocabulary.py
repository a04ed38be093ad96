"""Words that tell what a piece of code is about, in groups; fixed, whatever Python runs us."""

from __future__ import annotations

KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except"
    " finally for from global if import in is lambda nonlocal not or pass raise return try while"
    " with yield"
)

BUILTINS = (
    "abs all any bin bool bytearray bytes callable chr classmethod compile complex delattr dict dir"
    " divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex"
    " id input int isinstance issubclass iter len list locals map max memoryview min next object oct"
    " open ord pow print property range repr reversed round set setattr slice sorted staticmethod str"
    " sum super tuple type vars zip __import__ __name__ __file__ __doc__ NotImplemented Ellipsis"
    " ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError"
    " ConnectionError DeprecationWarning EOFError Exception FileExistsError FileNotFoundError"
    " FutureWarning IOError ImportError IndexError IsADirectoryError KeyError KeyboardInterrupt"
    " LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError"
    " OSError OverflowError PermissionError RecursionError ReferenceError RuntimeError"
    " RuntimeWarning StopIteration SyntaxError SystemExit TimeoutError TypeError UnicodeDecodeError"
    " UnicodeEncodeError UnicodeError UserWarning ValueError Warning ZeroDivisionError"
)

LIBRARY = (
    "__future__ abc argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 calendar"
    " cmath cmd code codecs collections colorsys compileall concurrent configparser contextlib"
    " contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest"
    " email enum errno faulthandler filecmp fileinput fnmatch fractions ftplib functools gc getopt"
    " getpass gettext glob graphlib gzip hashlib heapq hmac html http imaplib importlib inspect io"
    " ipaddress itertools json keyword linecache locale logging lzma mailbox marshal math mimetypes"
    " mmap multiprocessing netrc ntpath numbers opcode operator optparse os pathlib pdb pickle"
    " pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd"
    " py_compile pyclbr pydoc queue quopri random re readline reprlib resource runpy sched secrets"
    " select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat"
    " statistics string stringprep struct subprocess symtable sys sysconfig syslog tarfile telnetlib"
    " tempfile termios test textwrap threading time timeit tkinter token tokenize tomllib trace"
    " traceback tracemalloc tty turtle types typing unicodedata unittest urllib uuid venv warnings"
    " wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib"
    " zoneinfo"
)

CLASSIC = (
    "sort sorted sorting search binary tree trees graph node nodes stack queue heap linked prime primes"
    " factorial fibonacci hanoi matrix permutation permutations combination combinations subset subsets"
    " palindrome anagram cipher sudoku maze knapsack dijkstra bfs dfs traversal traverse inorder preorder"
    " postorder trie recursion recursive divisor divisors gcd lcm digit digits roman triangle square"
    " circle area average median bubble merge quick insertion selection swap pivot partition neighbor"
    " neighbors vertex edges edge path shortest island grid cell cells coin coins change vowel vowels"
    " reverse rotate duplicate duplicates unique pair pairs sum product power root even odd bit bits"
    " hash bucket cache iterator generator decorator closure"
)

CODE_GROUPS = {
    "arithmetic_calls": "sum min max abs round pow divmod len range enumerate zip sorted reversed"
    " sqrt gcd floor ceil log exp sin cos pi",
    "conversions": "int float str list dict set tuple bool chr ord frozenset bytes",
    "printing": "print input",
    "reflection": "isinstance getattr setattr hasattr issubclass type super callable vars globals"
    " __dict__ __class__ __all__ __slots__ __new__ __getattr__ __setattr__ __module__ delattr",
    "plain_modules": "math random re collections itertools functools string datetime heapq bisect"
    " copy statistics operator textwrap fractions decimal Counter defaultdict deque namedtuple"
    " dataclass Fraction Decimal reduce",
    "system_modules": "os sys subprocess threading asyncio socket ctypes logging warnings abc typing"
    " importlib inspect signal multiprocessing pathlib Path shutil tempfile platform io struct"
    " weakref pickle select ssl",
    "foreign_modules": "numpy np pandas pd torch tf tensorflow django pytest scipy sp sklearn plt"
    " matplotlib requests sqlalchemy sympy jax keras nn xp flask pyarrow pa six",
    "testing": "test unittest TestCase assertEqual assertTrue assertFalse assertRaises assertIn mock"
    " Mock MagicMock patch fixture parametrize raises expected assert_allclose assert_equal"
    " assert_array_equal assert_almost_equal setUp tearDown mark check actual",
    "framework": "request response session config settings context handler client server api options"
    " event plugin schema driver connection cursor registry hook callback manager factory backend"
    " proxy metadata widget field fields serializer url headers params body model view query"
    " dialect engine ctx env environ app cfg conf parser lexer opts",
    "own": "self cls",
    "typing_words": "kwargs args Any Optional Union List Dict Callable TYPE_CHECKING overload cast"
    " TypeVar Generic Protocol Literal Sequence Mapping Iterable Iterator ClassVar Final",
    "plain_names": "result results value values count total index i j k n m x y a b c left right lo hi"
    " low high mid stack queue graph matrix digits digit prime primes factor seen visited current"
    " start end item items word words letters letter number numbers temp swap head tail node key keys"
    " row rows col cols line lines first last best total average size length width height area"
    " radius distance grid board player score name age price amount balance",
    "truths": "None True False",
    "plain_errors": "raise ValueError TypeError KeyError IndexError ZeroDivisionError",
    "system_errors": "Exception RuntimeError NotImplementedError OSError AttributeError ImportError warn"
    " DeprecationWarning NotImplemented ModuleNotFoundError",
    "logging_words": "log logger debug info warning error exception critical",
    "decorators": "property staticmethod classmethod abstractmethod contextmanager lru_cache wraps"
    " setter cached_property register deprecated",
}
"""Words of code: a group's share of all words of code is measured."""

ATTRIBUTE_GROUPS = {
    "list_methods": "append extend insert pop remove sort reverse index count copy",
    "text_methods": "split join strip lower upper replace startswith endswith find format title"
    " isdigit isalpha isupper islower rstrip lstrip splitlines zfill capitalize isalnum center",
    "mapping_methods": "get items keys values update setdefault add discard union intersection",
    "file_methods": "read write readline readlines close seek flush",
    "array_methods": "shape dtype astype reshape ndim size device loc iloc ravel flatten asarray"
    " array zeros ones empty full dot T",
}
"""Words behind a dot, likewise."""

PROSE_GROUPS = {
    "classic_prose": CLASSIC + " algorithm complexity",
    "teaching_words": "example examples given compute computes calculate calculates simple algorithm"
    " number numbers list string each first every two three sum sorted sequence element elements"
    " returns letter letters word words tree graph position integer integers recursive recursively"
    " step steps loop find finds count counts check checks whether",
    "reference_words": "param parameters type rtype return raises args kwargs arguments attributes"
    " notes see also versionadded versionchanged deprecated optional default defaults class func meth"
    " ref attr mod",
    "legal_words": "copyright license licence warranty rights reserved permission redistribution"
    " apache bsd mit gpl software distributed authors contributors liability",
    "repair_words": "todo fixme xxx hack noqa pragma ignore pylint mypy flake8 workaround bug issue"
    " compat compatibility backward legacy temporary",
    "inside_words": "internal private api backend plugin config configuration options module package"
    " framework interface subclass override overridden hook callback instance metaclass descriptor"
    " implementation platform windows linux thread lock socket server client request response",
    "generated_words": "generated autogenerated generator codegen automatically edit schema protobuf"
    " openapi swagger",
}
"""Words of docstrings and comments: a group's share of all words there is measured."""

SUBWORD_GROUPS = {"classic_words": CLASSIC}
"""Parts of names in code."""
